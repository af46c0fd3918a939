// All real sources against GNU as 2.40, and all whole builds with our tools in the place of GNU's.

import { buildTests, corpusTests } from '../oracle/corpus/campaign.ts';

corpusTests('whole');
buildTests('whole');

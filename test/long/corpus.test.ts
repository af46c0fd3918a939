// All real sources against GNU as 2.40.

import { corpusTests } from '../oracle/corpus/campaign.ts';

corpusTests('whole');

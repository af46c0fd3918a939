// A sample of the corpus of real sources against GNU as 2.40, and of the whole builds; test/long/corpus.test.ts has all.

import { buildTests, corpusTests } from './corpus/campaign.ts';

corpusTests('sample');
buildTests('sample');

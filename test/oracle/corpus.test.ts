// A sample of the corpus of real sources against GNU as 2.40; test/long/corpus.test.ts has all.

import { corpusTests } from './corpus/campaign.ts';

corpusTests('sample');

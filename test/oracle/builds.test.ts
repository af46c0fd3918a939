// Whole builds with our tools in the place of GNU's, the cheap ones; test/long/builds.test.ts has all.

import { buildTests } from './corpus/campaign.ts';

buildTests('sample');

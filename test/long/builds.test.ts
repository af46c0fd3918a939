// All whole builds with our tools in the place of GNU's; Linux boots, GRUB starts, test suites pass.

import { buildTests } from '../oracle/corpus/campaign.ts';

buildTests('whole');

// Where what tests fetch and make of it is kept between runs: outside the tree, since none of it is ours.

import os from 'node:os';
import path from 'node:path';

export const cache = path.join(
  process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'),
  'ring0-oracle',
);

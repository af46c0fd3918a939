// All targets.

import { binaryTargets } from './targets-binary.ts';
import { textTargets } from './targets-text.ts';
import type { Target } from './target.ts';

export const targets: readonly Target[] = [...textTargets, ...binaryTargets];

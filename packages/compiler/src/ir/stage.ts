// What a function is before any pass has been over it. Later stages are named for passes, see passes/pipeline.ts.

/** As the tree was lowered: every variable in memory, predecessors not known yet. */
export const LOWERED = 'lower';

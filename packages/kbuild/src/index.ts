export { Build, BuildError, readArtifact } from './build.ts';
export type { Artifact, BuildLog, BuildOptions } from './build.ts';
export { FileStore } from './files.ts';
export { writeFileAtomically } from './files.ts';
export { withLock } from './lock.ts';
export { listSources } from './sources.ts';
export { patchKernelArguments } from './arguments.ts';
export { ring0Toolchain, toolchainSources } from './toolchain.ts';
export type { CompileJob, LinkItem, ToolResult, Toolchain } from './toolchain.ts';

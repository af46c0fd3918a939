// The part of the WebAssembly interface that the emulator uses: core packages compile without DOM types, and the
// language's own library does not declare it.

export interface GuestMemory {
  readonly buffer: ArrayBuffer;
}

interface WebAssemblyHost {
  readonly Memory: new (descriptor: { initial: number; maximum: number }) => GuestMemory;
}

/** Bytes of one WebAssembly page. */
const WASM_PAGE = 65536;

/** One memory of exactly `byteCount` bytes, rounded up to 64 KiB. It never grows: growth would detach every view. */
export function createMemory(byteCount: number): GuestMemory {
  const host = (globalThis as unknown as { WebAssembly?: WebAssemblyHost }).WebAssembly;
  if (host === undefined) throw new Error('this host has no WebAssembly');
  const pages = Math.ceil(byteCount / WASM_PAGE);
  return new host.Memory({ initial: pages, maximum: pages });
}

// One build at a time in a cache directory: a file that only one process can make, with the owner's number in it. A lock
// whose owner has died is taken over.

import fs from 'node:fs';
import path from 'node:path';

const pollMs = 50;

/** Runs `work` while holding the lock of `directory`, after whoever holds it now. */
export async function withLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const lock = path.join(directory, 'lock');
  fs.mkdirSync(directory, { recursive: true });
  while (!take(lock)) {
    if (isAbandoned(lock)) fs.rmSync(lock, { recursive: true, force: true });
    else await new Promise((done) => setTimeout(done, pollMs));
  }
  try {
    return await work();
  } finally {
    fs.rmSync(lock, { recursive: true, force: true });
  }
}

/** A file made whole under another name, then linked: the lock never exists without its owner's number. */
function take(lock: string): boolean {
  const own = `${lock}.${process.pid}`;
  fs.writeFileSync(own, String(process.pid));
  try {
    fs.linkSync(own, lock);
    return true;
  } catch {
    return false;
  } finally {
    fs.rmSync(own, { force: true });
  }
}

function isAbandoned(lock: string): boolean {
  try {
    process.kill(Number(fs.readFileSync(lock, 'utf8')), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

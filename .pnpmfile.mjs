// The node-* packages give os and cpu as strings, which pnpm ignores; as arrays they are honoured, so
// that each host downloads its own Node only.
const isNode = /^node-(bin-)?(linux|darwin|win)-/;

function readPackage(pkg) {
  if (isNode.test(pkg.name)) {
    if (typeof pkg.os === 'string') pkg.os = [pkg.os];
    if (typeof pkg.cpu === 'string') pkg.cpu = [pkg.cpu];
    if (pkg.name.startsWith('node-linux-')) pkg.libc = ['glibc'];
  }
  return pkg;
}

export const hooks = { readPackage };

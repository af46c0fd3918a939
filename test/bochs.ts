// Bochs with its own BIOS, and COM1 on a socket of this host. Its display goes to a VNC port that nobody looks at.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { SerialDriver } from './serial-driver.ts';

const bios = '/usr/share/bochs/BIOS-bochs-latest';

/** True when Bochs and its BIOS are installed. */
export function hasBochs(): boolean {
  const { error } = spawnSync('bochs', ['--help'], { stdio: 'ignore' });
  return error === undefined && fs.existsSync(bios);
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  return new Promise((done, fail) => {
    server.on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => done(port));
    });
  });
}

/** Bochs waits for this connection before it starts the machine. */
async function connect(port: number): Promise<net.Socket> {
  for (let tries = 0; ; tries++) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- the server is not there yet
      return await new Promise((done, fail) => {
        const socket = net.connect(port, '127.0.0.1', () => done(socket));
        socket.on('error', fail);
      });
    } catch (error) {
      if (tries === 200) throw error;
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

function configuration(image: string, log: string, port: number): string {
  return `config_interface: textconfig
display_library: rfb, options="timeout=0"
plugin_ctrl: unmapped=1, biosdev=1, speaker=0, extfpuirq=1, parallel=0, serial=1
cpu: model=p4_willamette, count=1, ips=50000000, reset_on_triple_fault=0
memory: guest=64, host=64
romimage: file=${bios}
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=disk, path=${image}, mode=flat
boot: disk
log: ${log}
panic: action=fatal
error: action=report
info: action=ignore
debug: action=ignore
com1: enabled=1, mode=socket-server, dev=127.0.0.1:${port}
pci: enabled=1, chipset=i440fx
clock: sync=none, time0=utc
`;
}

export class Bochs extends SerialDriver {
  /** The machine runs when this resolves. */
  static async start(disk: Uint8Array): Promise<Bochs> {
    const bochs = new Bochs('bochs', disk);
    const file = (name: string) => path.join(bochs.directory, name);
    const port = await freePort();
    fs.writeFileSync(file('bochsrc'), configuration(bochs.image, file('bochs.log'), port));
    fs.writeFileSync(file('debugger'), 'continue\n'); // Debian's Bochs begins in its debugger
    const args = ['-q', '-unlock', '-f', file('bochsrc'), '-rc', file('debugger')];
    const child = spawn('bochs', args, { stdio: ['ignore', 'ignore', 'ignore'] });
    const socket = await connect(port);
    socket.on('data', (data) => bochs.received(Buffer.from(data)));
    socket.on('error', () => undefined); // Bochs ends without goodbye
    bochs.attach(child, (text) => socket.write(text));
    return bochs;
  }
}

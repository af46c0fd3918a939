import { expect, test } from 'vitest';
import { FakeBus } from './fake-bus.ts';
import { KEY_INPUT, Keyboard } from './keyboard.ts';
import { KEY, RELEASE, keyBytes, keysOfText, translateScancode } from './scancodes.ts';

function controller(): { bus: FakeBus; keyboard: Keyboard; command: (value: number) => void } {
  const bus = new FakeBus();
  const keyboard = bus.attach(new Keyboard(bus));
  return { bus, keyboard, command: (value) => keyboard.portWrite(0x64, 1, value) };
}

const hasData = (keyboard: Keyboard): boolean => (keyboard.portRead(0x64, 1) & 1) !== 0;

/** Everything that comes within a second. */
function drain(bus: FakeBus, keyboard: Keyboard): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < 1000; i++) {
    bus.run(1_000_000);
    if (hasData(keyboard)) bytes.push(keyboard.portRead(0x60, 1));
  }
  return bytes;
}

test('self test, interface test, command byte', () => {
  const { keyboard, command } = controller();
  command(0xaa);
  expect(keyboard.portRead(0x60, 1)).toBe(0x55);
  command(0xab);
  expect(keyboard.portRead(0x60, 1)).toBe(0x00);
  command(0x60);
  keyboard.portWrite(0x60, 1, 0x41);
  command(0x20);
  expect(keyboard.portRead(0x60, 1)).toBe(0x41);
  expect(hasData(keyboard)).toBe(false);
});

test('a key comes translated to set 1, raises IRQ 1, and reading lowers it', () => {
  const { bus, keyboard } = controller();
  keyboard.event(KEY_INPUT, 0x1e);
  expect(bus.irqs[1]).toBe(0);
  bus.run(100_000);
  expect([bus.irqs[1], hasData(keyboard)]).toEqual([1, true]);
  expect(keyboard.portRead(0x60, 1)).toBe(0x1e);
  expect([bus.irqs[1], hasData(keyboard)]).toEqual([0, false]);
  keyboard.event(KEY_INPUT, 0x1e | RELEASE);
  expect(drain(bus, keyboard)).toEqual([0x9e]);
  keyboard.event(KEY_INPUT, KEY.up);
  expect(drain(bus, keyboard)).toEqual([0xe0, 0x48]);
  keyboard.event(KEY_INPUT, KEY.up | RELEASE);
  expect(drain(bus, keyboard)).toEqual([0xe0, 0xc8]);
});

test('without translation the keyboard speaks set 2', () => {
  const { bus, keyboard, command } = controller();
  command(0x60);
  keyboard.portWrite(0x60, 1, 0x01);
  for (const key of [0x1e, 0x1e | RELEASE, KEY.up, KEY.up | RELEASE]) {
    keyboard.event(KEY_INPUT, key);
    bus.run(1);
  }
  expect(drain(bus, keyboard)).toEqual([0x1c, 0xf0, 0x1c, 0xe0, 0x75, 0xe0, 0xf0, 0x75]);
});

test('every key survives the way from set 1 to set 2 and back', () => {
  for (let key = 1; key <= 0x58; key++) {
    if (key === 0x55 || key === 0x56) continue;
    const bytes = keyBytes(key, 2);
    expect(bytes.map(translateScancode)).toEqual([key]);
  }
});

test('keyboard commands: identify, LEDs, echo, scan set, reset, resend', () => {
  const { bus, keyboard } = controller();
  const send = (...bytes: number[]): number[] => {
    const answers: number[] = [];
    for (const byte of bytes) {
      keyboard.portWrite(0x60, 1, byte);
      answers.push(...drain(bus, keyboard));
    }
    return answers;
  };
  expect(send(0xf2)).toEqual([0xfa, 0xab, 0x41]);
  expect(send(0xed, 0x05)).toEqual([0xfa, 0xfa]);
  expect(keyboard.state.leds).toBe(5);
  expect(send(0xee)).toEqual([0xee]);
  expect(send(0xf0, 0)).toEqual([0xfa, 0xfa, translateScancode(2)]);
  expect(send(0xff)).toEqual([0xfa, 0xaa]);
  expect(send(0xfe)).toEqual([0xaa]);
  expect(send(0x01)).toEqual([0xfe]);
  expect(send(0xf5)).toEqual([0xfa]);
  keyboard.event(KEY_INPUT, 0x1e);
  expect(drain(bus, keyboard)).toEqual([]);
  expect(send(0xf4)).toEqual([0xfa]);
});

test('the A20 gate: output port or port 92h', () => {
  const { bus, keyboard, command } = controller();
  expect(bus.isA20).toBe(true);
  command(0xd1);
  keyboard.portWrite(0x60, 1, 0xdd);
  expect(bus.isA20).toBe(false);
  command(0xd1);
  keyboard.portWrite(0x60, 1, 0xdf);
  expect(bus.isA20).toBe(true);
  command(0xdd);
  expect(bus.isA20).toBe(false);
  keyboard.portWrite(0x92, 1, 0x02);
  expect([bus.isA20, keyboard.portRead(0x92, 1)]).toEqual([true, 0x02]);
  keyboard.portWrite(0x92, 1, 0x00);
  expect(bus.isA20).toBe(false);
  command(0xd0);
  expect(keyboard.portRead(0x60, 1) & 0x03).toBe(0x01);
});

test('the reset line: pulse, output port, port 92h', () => {
  const { bus, keyboard, command } = controller();
  command(0xff);
  expect(bus.resets).toBe(0);
  command(0xfe);
  expect(bus.resets).toBe(1);
  command(0xd1);
  keyboard.portWrite(0x60, 1, 0xfe);
  expect(bus.resets).toBe(2);
  keyboard.portWrite(0x92, 1, 0x01);
  expect(bus.resets).toBe(3);
  keyboard.portWrite(0x92, 1, 0x01);
  expect(bus.resets).toBe(3);
});

test('a disabled keyboard keeps its bytes until it may send', () => {
  const { bus, keyboard, command } = controller();
  command(0xad);
  keyboard.event(KEY_INPUT, 0x10);
  bus.run(1e9);
  expect(hasData(keyboard)).toBe(false);
  command(0xae);
  expect(drain(bus, keyboard)).toEqual([0x10]);
});

test('keys beyond the sixteen bytes wait outside and are asked for when there is room', () => {
  const { bus, keyboard } = controller();
  const waiting = [...keysOfText('Hello, World!\n')];
  const all = waiting.length;
  const bytes: number[] = [];
  while (waiting.length > 0) {
    const answer = keyboard.event(KEY_INPUT, waiting[0]);
    if (answer === 'later') {
      const calls = bus.readyCalls;
      for (let i = 0; i < 1000 && bus.readyCalls === calls; i++) {
        bus.run(200_000);
        if (hasData(keyboard)) bytes.push(keyboard.portRead(0x60, 1));
      }
      expect(bus.readyCalls).toBeGreaterThan(calls);
    } else waiting.shift();
  }
  bytes.push(...drain(bus, keyboard));
  expect(bytes.length).toBe(all);
  expect(bytes).toEqual(keysOfText('Hello, World!\n'));
});

test('text to keys: shift, control, enter', () => {
  expect(keysOfText('aA')).toEqual([0x1e, 0x9e, 0x2a, 0x1e, 0x9e, 0xaa]);
  expect(keysOfText('\x03\n|')).toEqual([
    0x1d, 0x2e, 0xae, 0x9d, 0x1c, 0x9c, 0x2a, 0x2b, 0xab, 0xaa,
  ]);
  expect(keysOfText('é')).toEqual([]);
  for (let code = 0x20; code < 0x7f; code++) {
    expect(keysOfText(String.fromCharCode(code)).length).toBeGreaterThanOrEqual(2);
  }
});

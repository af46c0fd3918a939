// How APICs talk to each other: messages with a destination, as the local APICs' command registers and the I/O APIC's
// redirection entries write them (SDM vol. 3, 10.6). Physical destinations are APIC IDs, logical ones are matched by each
// local APIC. Of several that take an interrupt with lowest priority, the least busy one gets it, the first among equals:
// the choice is a function of the machine's state.

import type { LocalApic } from './local-apic.ts';

/** Delivery modes, as both kinds of APIC number them. */
export const DELIVERY = {
  fixed: 0,
  lowestPriority: 1,
  smi: 2,
  nmi: 4,
  init: 5,
  startUp: 6,
  extInt: 7,
} as const;

export interface ApicMessage {
  readonly vector: number;
  readonly mode: number;
  readonly destination: number;
  readonly isLogical: boolean;
  readonly isLevel: boolean;
}

const EVERYONE = 0xff;

export class ApicBus {
  readonly locals: LocalApic[] = [];
  /** An interrupt that came level-triggered with this vector has ended. */
  onEnd: (vector: number) => void = () => {};

  /** The local APICs that a destination names. */
  targets(destination: number, isLogical: boolean): LocalApic[] {
    return this.locals.filter((local) => {
      if (!local.isOn) return false;
      if (destination === EVERYONE) return true;
      return isLogical ? local.matchesLogical(destination) : local.state.id === destination;
    });
  }

  send(message: ApicMessage): void {
    this.deliver(message, this.targets(message.destination, message.isLogical));
  }

  deliver(message: ApicMessage, targets: readonly LocalApic[]): void {
    if (message.mode !== DELIVERY.lowestPriority) {
      for (const target of targets) target.accept(message);
      return;
    }
    let chosen: LocalApic | undefined;
    for (const target of targets) {
      if (!target.isEnabled) continue;
      if (chosen === undefined || target.processorPriority() < chosen.processorPriority()) {
        chosen = target;
      }
    }
    chosen?.accept(message);
  }
}

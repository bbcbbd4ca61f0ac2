import type { Stage } from './stage.ts';
import type { Story } from './story.ts';
import { type Fault, FAULTS } from './fault.ts';

/** A way to break the ecosystem, and how it has to end. */
export interface Variant {
  name: string;
  expected: Exclude<Story['ending'], undefined>;
  /** The reason that the log gives for an ending that is none of healing. */
  expectedReason?: string;
  /** Whose story is told; the rounds take turns. */
  victims: readonly string[];
  /** Breaks for real; what goes on breaking goes on until the fault is ended. */
  strike(stage: Stage, victim: string): Promise<Fault>;
}

const struckBy =
  (wound: keyof typeof FAULTS): Variant['strike'] =>
  (stage, victim) =>
    FAULTS[wound](stage.service(victim));

const ALL = ['rag', 'memory', 'gateway'];

/** A dependency that is down and stays down, and then its victim. */
const dependencyDown: Variant = {
  name: 'dependency-down',
  expected: 'held',
  expectedReason: 'dependency-is-up:dependency-is-down',
  victims: ['rag'],
  strike: async (stage, victim) => {
    await FAULTS['bad-config'](stage.service('memory'));
    return FAULTS['service-down'](stage.service(victim));
  },
};

export const VARIANTS: readonly Variant[] = [
  { name: 'service-down', expected: 'healed', victims: ALL, strike: struckBy('service-down') },
  { name: 'service-hung', expected: 'healed', victims: ALL, strike: struckBy('service-hung') },
  {
    name: 'crash-loop',
    expected: 'escalated',
    expectedReason: 'attempts-exhausted',
    victims: ALL,
    strike: struckBy('crash-loop'),
  },
  {
    name: 'bad-config',
    expected: 'escalated',
    expectedReason: 'hopeless:configuration-error',
    victims: ALL,
    strike: struckBy('bad-config'),
  },
  dependencyDown,
];

import { describe, expect, it } from '@jest/globals';
import { parseBreak, WOUNDS } from '../../scripts/break/options.mjs';

describe('parseBreak', () => {
  it.each(Object.keys(WOUNDS))('takes %s with a service', (wound) => {
    expect(parseBreak([wound, '--service', 'rag'])).toEqual({ wantsHelp: false, wound, service: 'rag' });
  });

  it('leaves a missing service to whoever knows which there are', () => {
    expect(parseBreak(['service-down'])).toEqual({ wantsHelp: false, wound: 'service-down', service: undefined });
  });

  it('explains itself when asked', () => {
    expect(parseBreak(['service-down', '--help'])).toEqual({ wantsHelp: true });
  });

  it.each([
    ['no wound', []],
    ['a wound that there is not', ['service-sad', '--service', 'rag']],
    ['a word that every object knows', ['toString', '--service', 'rag']],
  ])('lists the wounds for %s', (_what, args) => {
    for (const wound of Object.keys(WOUNDS)) expect(() => parseBreak(args)).toThrow(wound);
  });

  it.each([
    ['two wounds', ['service-down', 'bad-config'], 'one wound at a time'],
    ['an unknown flag', ['service-down', '--servise', 'rag'], '--servise'],
  ])('refuses %s', (_what, args, message) => {
    expect(() => parseBreak(args)).toThrow(message);
  });
});

import { allow, ASKS_A_PERSON, defer, deny, type Guard, type TargetContext } from './guard.ts';

/** What persons have said about acting at all. */
export const killSwitch: Guard<TargetContext> = {
  name: 'kill-switch',
  judge: ({ stop }) => {
    if (stop === undefined) return deny('control-state-unknown');
    return stop === null ? allow : deny('healing-is-stopped');
  },
};

export const neverTouch: Guard<TargetContext> = {
  name: 'never-touch',
  judge: ({ policy }) => {
    if (policy === undefined) return deny('policy-unknown');
    return policy.neverTouch === undefined ? allow : deny('must-not-be-touched');
  },
};

export const freeze: Guard<TargetContext> = {
  name: 'freeze',
  judge: ({ policy }) => {
    if (policy === undefined) return deny('policy-unknown');
    return policy.freeze === undefined ? allow : defer('frozen');
  },
};

export const autonomy: Guard<TargetContext> = {
  name: 'autonomy',
  judge: ({ policy }) => {
    switch (policy?.autonomy) {
      case undefined:
        return deny('policy-unknown');
      case 'off':
        return deny('autonomy-is-off');
      case 'shadow':
        return deny('only-observed');
      case 'ask':
      case 'auto':
        return allow;
    }
  },
};

/** The last one: a person is asked only about what everything else allows. */
export const approval: Guard<TargetContext> = {
  name: ASKS_A_PERSON,
  judge: ({ policy, approval: { granted, required } }) => {
    if (policy === undefined) return deny('policy-unknown');
    if (policy.autonomy !== 'ask') return allow;
    return required > 0 && granted >= required ? allow : defer('needs-approval');
  },
};

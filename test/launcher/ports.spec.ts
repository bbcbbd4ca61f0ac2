import { describe, expect, it } from '@jest/globals';
import { freePort, freePorts } from '#libs/testing';

describe('a free port', () => {
  it('is given to one alone, who may listen late or come back after a while', async () => {
    const ports: number[] = [];
    // Were they drawn anew each time, two of so many would be the same in 97 of 100 runs.
    for (let nth = 0; nth < 150; nth += 1) ports.push(await freePort(), ...(await freePorts([0])));
    expect(new Set(ports).size).toBe(300);
  });

  it('is the one that was asked for, as often as it is asked for', async () => {
    const port = await freePort();
    expect(await freePorts([port, 0])).toContain(port);
    expect(await freePort(port)).toBe(port);
  });
});

// Two test files run at a time. One that keeps the whole machine busy, or measures, says `@machine alone` at its top, and then no
// other one with servers runs beside it. One that has several installations, which wait more than they work, says `@machine half`: two
// of these run at a time, or one and others.
const { Client } = require('pg');
const Environment = require('./jest-environment.cjs');

// Locks of the servers that all test files share; who waits longest comes first.
const MACHINE = 1;
const HALVES = [2, 3];

module.exports = class extends Environment {
  constructor(config, context) {
    super(config, context);
    this.machine = context.docblockPragmas.machine;
  }

  async setup() {
    await super.setup();
    const { superuserUrl } = JSON.parse(process.env.TEST_POSTGRES_URLS);
    this.turn = new Client({ connectionString: superuserUrl });
    await this.turn.connect();
    if (this.machine === 'half') await this.takeHalf();
    await this.turn.query(`SELECT pg_advisory_lock${this.machine === 'alone' ? '' : '_shared'}(${MACHINE})`);
  }

  async takeHalf() {
    const [first, second] = HALVES;
    const { rows } = await this.turn.query(`SELECT pg_try_advisory_lock(${first}) AS taken`);
    if (!rows[0].taken) await this.turn.query(`SELECT pg_advisory_lock(${second})`);
  }

  async teardown() {
    await this.turn?.end();
    await super.teardown();
  }
};

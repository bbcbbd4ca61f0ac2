// Two test files run at a time. One that keeps the whole machine busy, or measures, says `@machine alone` at its top, and then no
// other one with servers runs beside it.
const { Client } = require('pg');
const Environment = require('./jest-environment.cjs');

const TURN = 'pg_advisory_lock'; // of the servers that all test files share; who waits longest comes first

module.exports = class extends Environment {
  constructor(config, context) {
    super(config, context);
    this.lock = context.docblockPragmas.machine === 'alone' ? TURN : `${TURN}_shared`;
  }

  async setup() {
    await super.setup();
    const { superuserUrl } = JSON.parse(process.env.TEST_POSTGRES_URLS);
    this.turn = new Client({ connectionString: superuserUrl });
    await this.turn.connect();
    await this.turn.query(`SELECT ${this.lock}(1)`);
  }

  async teardown() {
    await this.turn?.end();
    await super.teardown();
  }
};

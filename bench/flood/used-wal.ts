import pg from 'pg';

const SEGMENT_MIB = 16;

/**
 * Brings a new PostgreSQL to where each is after a while: it writes its WAL into files that it has, and makes no new ones. To make one takes
 * 16 MiB of zeros and a sync, for which all commits wait.
 *
 * @param mib how much WAL will be written
 */
export async function useUpWal(superuserUrl: string, mib: number): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query(`ALTER SYSTEM SET min_wal_size = '${mib}MB'`);
    await client.query(`ALTER SYSTEM SET max_wal_size = '${2 * mib}MB'`);
    await client.query('SELECT pg_reload_conf()');
    for (let segments = 0; segments * SEGMENT_MIB < mib; segments++) {
      // Without anything in it a file is not left.
      await client.query("SELECT pg_logical_emit_message(false, 'zantara', '')");
      await client.query('SELECT pg_switch_wal()');
    }
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}

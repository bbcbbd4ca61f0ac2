// One who appends: ours, a peer, or raw inserts. It is told what to do and for how long, and answers with its pace.
import { appendToLog, openLog } from './our-log.ts';
import { type Load, measurePace, type Work } from './pace.ts';
import { appendToPeer } from './peers.ts';
import { RawTable } from './raw-table.ts';

interface Turn {
  load: Load;
  seconds: number;
}

/** As many as there are clients at most, where each has its own. */
const CONNECTIONS = 64;
/** With as many Emmett is fastest: measured with 10, 20 and 64. */
const EMMETT_CONNECTIONS = 20;

/** How each one begins to append, once it is connected. */
const APPENDERS: Readonly<Record<string, (connectionString: string) => Promise<(load: Load) => Work>>> = {
  ours: async (connectionString) => {
    const log = openLog(connectionString);
    return (load) => appendToLog(log, load);
  },
  raw: async (connectionString) => {
    const table = await RawTable.create(connectionString, CONNECTIONS);
    return (load) => table.work(load);
  },
  Emmett: async (connectionString) => {
    const { openEmmett } = await import('../peers/emmett.mjs');
    const emmett = await openEmmett(connectionString, EMMETT_CONNECTIONS);
    return (load) => appendToPeer(emmett, load);
  },
  'message-db': async (connectionString) => {
    const { openMessageDb } = await import('../peers/message-db.mjs');
    const messageDb = await openMessageDb(connectionString, CONNECTIONS);
    return (load) => appendToPeer(messageDb, load);
  },
};

const [name = '', connectionString = ''] = process.argv.slice(2);
const begin = await APPENDERS[name]?.(connectionString);
if (begin === undefined) throw new Error(`there is nobody called ${name}`);

/** The same clients go on with the same streams from turn to turn. */
const works = new Map<string, Work>();

async function takeTurn({ load, seconds }: Turn): Promise<void> {
  const key = JSON.stringify(load);
  const work = works.get(key) ?? begin?.(load);
  if (work === undefined) return;
  works.set(key, work);
  process.send?.(await measurePace(work, { seconds }));
}

// Who measures may have made it one that keeps nobody alive, and ours has no connection before it has something to append.
process.channel?.ref();
process.on('message', (turn: Turn) => void takeTurn(turn));
process.send?.('ready');

import { spawnSync } from 'node:child_process';

const r = spawnSync(process.execPath, ['node_modules/tsc7/bin/tsc', '-p', 'tsconfig.json', '--noEmit'], { stdio: 'inherit' });
process.exit(r.status ?? 1);

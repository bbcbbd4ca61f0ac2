// Loaded before a program that runs in a folder of its own: when whoever would remove that is killed, another process does it.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

process.once('disconnect', () => {
  const remover = fileURLToPath(new URL('remove-folder.mjs', import.meta.url));
  spawn(process.execPath, [remover, process.env.TMPDIR], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: process.env.PATH },
  }).unref();
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const repositoryRoot = resolve(import.meta.dirname, '../..');

export interface ScratchRepository {
  directory: string;
  /** Runs a tool of node_modules in the scratch repository and returns what it printed. */
  run(tool: string, ...args: string[]): string;
  remove(): void;
}

/** A folder outside the repository with these files and our node_modules, in which a tool can be watched finding mistakes. */
export function createScratchRepository(files: Record<string, string>): ScratchRepository {
  const directory = mkdtempSync(join(tmpdir(), 'zantara-rules-'));
  symlinkSync(join(repositoryRoot, 'node_modules'), join(directory, 'node_modules'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return {
    directory,
    run: (tool, ...args) => {
      const command = [join(repositoryRoot, 'node_modules', tool), ...args];
      const { stdout, stderr } = spawnSync(process.execPath, command, {
        cwd: directory,
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      });
      if (stdout === '') throw new Error(`${tool} printed nothing: ${stderr}`);
      return stdout;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

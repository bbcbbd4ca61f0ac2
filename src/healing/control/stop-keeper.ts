import { readFileSync, statSync } from 'node:fs';
import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { Configuration } from '../../platform/config/configuration.ts';
import { AppLogger } from '../../platform/logging/app-logger.ts';
import { ControlSwitch } from './control-switch.service.ts';

const LOOK_MS = 250;
const MAX_REASON = 500;

/** Watches the stop file, by which a person stops everything when nothing else answers, and stores stops that wait for the log. */
@Injectable()
export class StopKeeper implements OnModuleInit, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private seen: string | undefined;
  private isStoring = false;

  constructor(
    private readonly control: ControlSwitch,
    private readonly config: Configuration,
    private readonly logger: AppLogger,
  ) {}

  /** Before anything is decided or published. */
  async onModuleInit(): Promise<void> {
    await this.control.load();
    this.look();
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const { stopFile } = this.config;
    const file = statSync(stopFile, { throwIfNoEntry: false });
    const version = file === undefined ? undefined : `${file.ino}:${file.mtimeMs}`;
    this.control.noteFile(version === undefined ? undefined : readReason(stopFile));
    if (version !== undefined && version !== this.seen) this.stopByFile(version);
    this.seen = version;
    void this.store();
  }

  private stopByFile(version: string): void {
    const reason = readReason(this.config.stopFile);
    this.logger.say('warn', 'the stop file is there: everything is stopped', { reason });
    this.control.stop({ scope: 'global', reason, actor: 'person:stop-file' }, `file:${version}`);
  }

  private async store(): Promise<void> {
    if (this.isStoring) return;
    this.isStoring = true;
    try {
      await this.control.storePending();
    } catch (error) {
      this.logger.problem('a stop holds and could not be stored yet', error);
    } finally {
      this.isStoring = false;
    }
  }
}

function readReason(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().slice(0, MAX_REASON) || 'the stop file is there';
  } catch {
    return 'the stop file is there, and can not be read';
  }
}

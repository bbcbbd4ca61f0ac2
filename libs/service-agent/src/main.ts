#!/usr/bin/env node
import { runCommandLine } from './boot/command-line.ts';

await runCommandLine(process.argv);

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createScratchRepository, repositoryRoot, type ScratchRepository } from './scratch-repository.ts';

const OutputSchema = z.object({
  summary: z.object({ violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })) }),
});

const ConfigSchema = z.object({ default: z.object({ forbidden: z.array(z.object({ name: z.string() })) }) });

/** Each import is one that the rule named must find. */
const MISTAKES: [rule: string, path: string, imports: string][] = [
  ['contracts-know-nothing-of-ours', 'libs/contracts/src/a.ts', '#libs/event-store'],
  ['migrations-know-nothing-of-ours', 'migrations/1-a.ts', '#libs/contracts'],
  ['migrations-import-the-interface', 'migrations/2-b.ts', 'pg'],
  ['level-one-imports-contracts', 'libs/event-store/src/a.ts', '#libs/messaging'],
  ['level-one-imports-contracts', 'libs/agent-core/src/a.ts', '#libs/fix-strategies'],
  ['browser-agent-imports-down', 'libs/browser-agent/src/a.ts', '#libs/contracts/schemas'],
  ['browser-agent-takes-types-of-strategies', 'libs/browser-agent/src/b.ts', '#libs/fix-strategies'],
  ['service-agent-imports-down', 'libs/service-agent/src/a.ts', '#libs/event-store'],
  ['src-imports-down', 'src/intake/agent.ts', '#libs/service-agent'],
  ['only-the-database-imports-migrations', 'src/intake/migrate.ts', '../../migrations/index.ts'],
  ['apps-import-contracts', 'apps/cli/src/a.ts', '#libs/event-store'],
  ['apps-import-contracts', 'apps/cli/src/b.ts', '../../dashboard/src/main.ts'],
  ['page-takes-the-main-door', 'apps/dashboard/src/a.ts', '#libs/contracts/schemas'],
  ['no-node-in-portable-libraries', 'apps/dashboard/src/b.ts', 'node:fs'],
  ['examples-import-agents', 'examples/memory/a.ts', '#libs/contracts'],
  ['testing-imports-libraries', 'libs/testing/src/a.ts', '../../../src/main.ts'],
  ['log-checker-shares-no-code', 'libs/testing/src/log-checker/laws/a.ts', '#libs/fix-strategies'],
  ['log-checker-shares-no-code', 'libs/testing/src/log-checker/a.ts', '#libs/event-store'],
  ['nobody-imports-src-or-apps', 'examples/memory/b.ts', '../../src/main.ts'],
  ['libraries-through-their-door', 'src/intake/deep.ts', '../../libs/contracts/src/inner.ts'],
  ['libraries-through-their-door-from-libraries', 'libs/messaging/src/deep.ts', '../../contracts/src/inner.ts'],
  ['doors-are-for-outside', 'libs/contracts/src/b.ts', './index.ts'],
  ['main-door-without-nest', 'libs/messaging/src/index.ts', './nest/strategy.ts'],
  ['agents-without-nest', 'libs/service-agent/src/b.ts', '#libs/messaging/nest'],
  ['platform-imports-no-feature', 'src/platform/config/a.ts', '../../intake/intake.service.ts'],
  ['features-through-module-or-service', 'src/healing/a.ts', '../intake/intake.events.ts'],
  ['features-keep-their-internals', 'src/healing/b.ts', '../intake/intake.decider.ts'],
  ['features-keep-their-internals', 'src/healing/type.ts', 'type ../intake/intake.projection.ts'],
  ['nobody-imports-an-entry', 'src/intake/main-again.ts', '../main.ts'],
  ['pure-core-imports-types-and-contracts-1', 'src/intake/other.decider.ts', '../healing/healing.service.ts'],
  ['pure-core-imports-types-and-contracts-2', 'src/healing/saga/fix-saga.ts', 'uuid'],
  ['pure-core-imports-types-and-contracts-3', 'src/healing/slots/slot.ts', 'pg'],
  ['pure-core-imports-types-and-contracts-4', 'src/healing/guards/age.ts', '#libs/event-store'],
  ['pure-core-imports-types-and-contracts-5', 'src/incidents/incident.ts', 'node:crypto'],
  ['pure-core-imports-types-and-contracts-6', 'src/decisions/rule-table.ts', 'zod'],
  ['pure-core-imports-types-and-contracts-7', 'src/catalogue/service-state.ts', '#libs/event-store'],
  ['pure-core-imports-types-and-contracts-8', 'src/intake/message-age.ts', 'pg'],
  ['pure-core-imports-types-and-contracts-9', 'src/access/access.ts', 'node:crypto'],
  ['pure-core-imports-types-and-contracts-10', 'src/healing/policy/policy.ts', 'node:crypto'],
  ['pure-core-imports-types-and-contracts-11', 'src/healing/control/control.ts', 'uuid'],
  ['pure-core-imports-types-and-contracts-12', 'src/healing/fleet/fleet-places.ts', '#libs/event-store'],
  ['pure-core-imports-types-and-contracts-13', 'src/healing/storm/storm.ts', 'pg'],
  ['pure-core-imports-types-and-contracts-14', 'src/healing/exposures/counted-samples.ts', 'pg'],
  ['pure-core-imports-types-and-contracts-15', 'src/healing/undo/undo.ts', 'pg'],
  ['projections-import-types-and-contracts', 'src/intake/clock.projection.ts', '../platform/clock.ts'],
  ['pure-core-away-from-edges', 'src/intake/late.decider.ts', './intake.service.ts'],
  ['operator-cannot-command', 'src/operator.main.ts', './operator/replay.command.ts'],
  ['no-node-in-portable-libraries', 'libs/agent-core/src/b.ts', 'node:fs'],
  ['no-node-in-portable-libraries', 'libs/contracts/src/c.ts', 'node:crypto'],
  ['contracts-import-schema-libraries', 'libs/contracts/src/d.ts', 'uuid'],
  ['tests-are-not-imported', 'src/intake/from-test.ts', './a.spec.ts'],
  ['tests-are-not-imported', 'src/intake/from-test-folder.ts', '../../test/helper.ts'],
  ['testing-is-for-tests', 'src/intake/fake.ts', '#libs/testing'],
  ['no-cycles', 'src/intake/cycle-one.ts', './cycle-two.ts'],
  ['resolvable', 'src/intake/lost.ts', './nowhere.ts'],
  ['declared-packages', 'src/intake/borrowed.ts', 'acorn'],
  ['production-packages', 'src/intake/dev.ts', 'fast-check'],
];

const CLEAN: [path: string, imports: string][] = [
  ['src/intake/a.spec.ts', '#libs/testing'],
  ['libs/testing/src/index.ts', '#libs/event-store'],
  ['libs/testing/src/log-checker/laws/b.ts', '#libs/contracts'],
  ['libs/messaging/src/nest.ts', './nest/strategy.ts'],
  ['libs/messaging/src/nest/strategy.ts', '@nestjs/common'],
  ['libs/browser-agent/src/index.ts', 'type #libs/fix-strategies'],
  ['libs/service-agent/src/index.ts', '#libs/agent-core'],
  ['src/main.ts', './intake/intake.module.ts'],
  ['src/operator/replay.command.ts', '../healing/healing.service.ts'],
  ['src/intake/intake.module.ts', '../healing/healing.module.ts'],
  ['src/intake/intake.events.ts', 'type ../incidents/incident.events.ts'],
  ['src/intake/intake.decider.ts', '#libs/contracts'],
  ['src/intake/intake.projection.ts', './intake.events.ts'],
  ['src/healing/healing.service.ts', './command-signer.ts'],
  ['src/platform/database/migrate.ts', '../../../migrations/index.ts'],
  ['apps/cli/src/main.ts', '#libs/contracts'],
  ['examples/memory/main.ts', '#libs/service-agent'],
  ['test/everything.e2e-spec.ts', '../src/main.ts'],
];

/** Files that the ones above import. */
const EMPTY = [
  'src/platform/clock.ts',
  'libs/contracts/src/index.ts',
  'libs/contracts/src/schemas.ts',
  'libs/contracts/src/inner.ts',
  'libs/event-store/src/index.ts',
  'libs/fix-strategies/src/index.ts',
  'libs/agent-core/src/index.ts',
  'migrations/index.ts',
  'apps/dashboard/src/main.ts',
  'src/intake/intake.service.ts',
  'src/healing/healing.module.ts',
  'src/healing/command-signer.ts',
  'src/incidents/incident.events.ts',
  'test/helper.ts',
];

const source = (imports: string): string =>
  imports.startsWith('type ')
    ? `import type { X } from '${imports.slice(5)}';\nexport type Y = X;\n`
    : `import { X } from '${imports}';\nexport const Y: unknown = X;\n`;

describe('the dependency rules', () => {
  let scratch: ScratchRepository;
  let found: string[];

  beforeAll(() => {
    const files = [...MISTAKES.map(([, path, imports]): [string, string] => [path, imports]), ...CLEAN];
    scratch = createScratchRepository({
      ...Object.fromEntries(EMPTY.map((path) => [path, 'export type X = 1;\nexport const X = 1;\n'])),
      ...Object.fromEntries(files.map(([path, imports]) => [path, source(imports)])),
      'src/intake/cycle-two.ts': source('./cycle-one.ts'),
      ...Object.fromEntries(
        ['.dependency-cruiser.cjs', '.oxlintrc.json', 'package.json', 'tsconfig.json'].map((path) => [
          path,
          readFileSync(join(repositoryRoot, path), 'utf8'),
        ]),
      ),
    });
    const folders = ['src', 'libs', 'apps', 'examples', 'migrations', 'test'];
    const output = scratch.run(
      'dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      '-T',
      'json',
      ...folders,
    );
    found = OutputSchema.parse(JSON.parse(output)).summary.violations.map(({ from, rule }) => `${from} ${rule.name}`);
  });

  afterAll(() => scratch.remove());

  it.each(MISTAKES)('%s finds the import in %s', (rule, path) => {
    expect(found).toContain(`${path} ${rule}`);
  });

  it('every rule of the configuration is watched here', async () => {
    const config: unknown = await import(join(repositoryRoot, '.dependency-cruiser.cjs'));
    const { default: rules } = ConfigSchema.parse(config);
    expect(new Set(MISTAKES.map(([rule]) => rule))).toEqual(new Set(rules.forbidden.map(({ name }) => name)));
  });

  it.each(CLEAN)('nothing is found in %s', (path) => {
    expect(found.filter((violation) => violation.startsWith(path))).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { MEANINGS } from './event-meanings.mjs';
import { toSchema } from './type-schema.mjs';

/** The stream that the events of a file go to, by its name in src/platform/log/stream-names.ts. */
const STREAM_OF_FILE = {
  'src/access/access.events.ts': 'access',
  'src/catalogue/catalogue.events.ts': 'catalogue',
  'src/catalogue/service-state.events.ts': 'service',
  'src/decisions/decision.events.ts': 'decision',
  'src/escalations/escalation.events.ts': 'escalation',
  'src/healing/saga/fix.events.ts': 'fix',
  'src/healing/control/control.events.ts': 'control',
  'src/healing/fleet/fleet-slot.events.ts': 'fleetSlot',
  'src/healing/policy/policy.events.ts': 'policy',
  'src/healing/slots/slot.events.ts': 'slot',
  'src/healing/undo/undo.events.ts': 'fix',
  'src/healing/storm/storm.events.ts': 'storm',
  'src/incidents/incident.events.ts': 'incident',
  'src/intake/intake.events.ts': 'reports',
};
const STREAM_OF_TYPE = { MessageDeadLettered: 'deadLetters' };

const PLACEHOLDERS = {
  reports: '<agent_id>',
  service: '<service_id>',
  incident: '<incident_key>',
  decision: '<incident_id>',
  fix: '<fix_id>',
  escalation: '<root_key>',
  slot: '<target>',
  fleetSlot: '<limit>',
};

const streamPattern = (name, logStreams) => {
  const stream = logStreams[name];
  return typeof stream === 'function' ? stream(PLACEHOLDERS[name], '<place>') : stream;
};

function createProgram(root, files) {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  return ts.createProgram(
    files.map((file) => join(root, file)),
    options,
  );
}

/** The comment without the name of the stream, which is told beside it. */
function commentOf(symbol, checker) {
  const text = ts.displayPartsToString(symbol?.getDocumentationComment(checker) ?? []).replace(/\s+/g, ' ');
  const meaning = text.replace(/^Stream `[^`]+`[:;]\s*/, '');
  return meaning.charAt(0).toUpperCase() + meaning.slice(1);
}

/** @throws when an event says nothing of itself, so that none stays unexplained */
function meaningOf(type, comment) {
  const written = MEANINGS[type];
  if (comment === '' && written === undefined) throw new Error(`event ${type} needs a comment on its type`);
  if (comment !== '' && written !== undefined) throw new Error(`event ${type} has a comment: take it out of event-meanings.mjs`);
  return written ?? comment;
}

/** Every object type in a declaration that has a literal `type` and `data`: an interface, or the members of a union. */
function membersOf(declaration, checker) {
  const type = checker.getTypeAtLocation(declaration);
  const members = type.isUnion() ? type.types : [type];
  return members.flatMap((member) => {
    const [name, data] = ['type', 'data'].map((key) => member.getProperty(key));
    if (name === undefined || data === undefined) return [];
    const literal = checker.getTypeOfSymbol(name);
    if (!literal.isStringLiteral()) return [];
    const own = member.aliasSymbol ?? member.getSymbol();
    return [{ type: literal.value, comment: commentOf(own, checker), data: checker.getTypeOfSymbol(data) }];
  });
}

/**
 * Every event type that the modules declare in their `*.events.ts`, in the order of the files, with the JSON Schema of its data.
 * The types are the only source: whoever adds an event has nothing else to write.
 */
export function readEventTypes({ root, files, logStreams }) {
  const program = createProgram(root, files);
  const checker = program.getTypeChecker();
  const found = new Map();
  for (const file of files) {
    const source = program.getSourceFile(join(root, file));
    const declarations = source.statements.filter((node) => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node));
    for (const member of declarations.flatMap((declaration) => membersOf(declaration, checker))) {
      if (found.has(member.type)) continue;
      const stream = STREAM_OF_TYPE[member.type] ?? STREAM_OF_FILE[relative(root, source.fileName).replaceAll('\\', '/')];
      if (stream === undefined)
        throw new Error(`${file}: scripts/reference/event-types.mjs doesn't say which stream it is about`);
      const schema = toSchema(member.data, checker);
      found.set(member.type, {
        type: member.type,
        version: 1,
        file,
        stream: streamPattern(stream, logStreams),
        meaning: meaningOf(member.type, member.comment),
        schema,
      });
    }
  }
  return [...found.values()];
}

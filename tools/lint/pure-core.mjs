const BY_ARGUMENT = 'the pure core gets time, randomness and timers as arguments';

/** Globals whose value differs from call to call, or which reach outside. */
const IMPURE_GLOBALS = new Set([
  'process',
  'performance',
  'crypto',
  'fetch',
  'globalThis',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
  'console',
]);

/** Properties of globals that are pure otherwise. */
const IMPURE_PROPERTIES = { Date: new Set(['now']), Math: new Set(['random']) };

/** Importing one of these names brings time or randomness in by another way. */
const IMPURE_IMPORTS = new Set(['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues', 'v1', 'v4', 'v6', 'v7']);
const IMPURE_MODULES = /^(node:)?(timers|perf_hooks|process|fs|net|http|https|child_process|os|worker_threads)(\/.*)?$/;

/** True when the name is the platform's own, not a variable or parameter of the file. */
function isGlobal(context, node) {
  for (let scope = context.sourceCode.getScope(node); scope; scope = scope.upper) {
    const variable = scope.set.get(node.name);
    if (variable) return variable.defs.length === 0;
  }
  return true;
}

function propertyName(node) {
  if (!node.computed && node.property.type === 'Identifier') return node.property.name;
  return node.property.type === 'Literal' ? String(node.property.value) : undefined;
}

/** Names, not uses: the key of a property, a member's name, a type. */
function isName(node) {
  const { parent } = node;
  if (parent.type === 'MemberExpression') return parent.property === node && !parent.computed;
  if (parent.type === 'Property' && parent.key === node && !parent.computed) return !parent.shorthand;
  return /^TS|Definition$|Specifier$|LabeledStatement/.test(parent.type) && parent.expression !== node && parent.value !== node;
}

/** Forbids clocks, randomness, timers and the process in deciders, projections, sagas and the libraries without a platform. */
export const pureCore = {
  create(context) {
    const report = (node, what) => context.report({ node, message: `${what}: ${BY_ARGUMENT}` });
    return {
      Identifier(node) {
        if (IMPURE_GLOBALS.has(node.name) && !isName(node) && isGlobal(context, node)) report(node, node.name);
      },
      MemberExpression(node) {
        const { object } = node;
        const name = propertyName(node);
        if (object.type !== 'Identifier' || name === undefined || !isGlobal(context, object)) return;
        if (Object.hasOwn(IMPURE_PROPERTIES, object.name) && IMPURE_PROPERTIES[object.name].has(name)) {
          report(node, `${object.name}.${name}`);
        }
      },
      NewExpression(node) {
        if (node.callee.type !== 'Identifier' || node.callee.name !== 'Date' || !isGlobal(context, node.callee)) return;
        if (node.arguments.length === 0) report(node, 'new Date() without an argument');
      },
      CallExpression(node) {
        if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && isGlobal(context, node.callee))
          report(node, 'Date()');
      },
      ImportDeclaration(node) {
        if (node.importKind === 'type') return;
        if (IMPURE_MODULES.test(node.source.value)) report(node, `import of ${node.source.value}`);
        for (const { imported } of node.specifiers) {
          if (imported && IMPURE_IMPORTS.has(imported.name)) report(node, `import of ${imported.name}`);
        }
      },
    };
  },
};

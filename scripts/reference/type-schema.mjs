import ts from 'typescript';

const { TypeFlags } = ts;
/** Types of ours that stand for any JSON; their own definition is recursive. */
const OPEN_TYPES = { JsonValue: {}, JsonObject: { type: 'object' } };

const describe = (symbol, checker) => {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s+/g, ' ').trim();
  return text === '' ? {} : { description: text };
};

const PRIMITIVES = [
  [TypeFlags.StringLike, 'string'],
  [TypeFlags.NumberLike, 'number'],
  [TypeFlags.BooleanLike, 'boolean'],
  [TypeFlags.Null, 'null'],
];

function unionSchema(type, checker) {
  const members = type.types.filter((member) => !(member.flags & TypeFlags.Undefined));
  const literals = members.filter((member) => member.isStringLiteral()).map((member) => member.value);
  // Sorted: the compiler's order depends on what else it has read.
  if (literals.length === members.length) return { enum: literals.toSorted() };
  const schemas = members
    .filter((member) => !(member.flags & TypeFlags.BooleanLiteral))
    .map((member) => toSchema(member, checker));
  if (members.some((member) => member.flags & TypeFlags.BooleanLiteral)) schemas.push({ type: 'boolean' });
  const names = schemas.map((schema) => (Object.keys(schema).join() === 'type' ? schema.type : undefined));
  if (names.every((name) => name !== undefined)) return { type: names.length === 1 ? names[0] : names.toSorted() };
  return schemas.length === 1 ? schemas[0] : { anyOf: schemas };
}

function objectSchema(type, checker) {
  const properties = {};
  const required = [];
  for (const symbol of checker.getPropertiesOfType(type)) {
    properties[symbol.name] = { ...toSchema(checker.getTypeOfSymbol(symbol), checker), ...describe(symbol, checker) };
    if (!(symbol.flags & ts.SymbolFlags.Optional)) required.push(symbol.name);
  }
  return { type: 'object', properties, required, additionalProperties: false };
}

/** The JSON Schema of a TypeScript type, for what stored events are made of. Refuses what JSON doesn't know. */
export function toSchema(type, checker) {
  const open = OPEN_TYPES[type.aliasSymbol?.name ?? type.getSymbol()?.name];
  if (open !== undefined) return open;
  if (type.isStringLiteral()) return { const: type.value };
  const primitive = PRIMITIVES.find(([flag]) => type.flags & flag);
  if (primitive !== undefined) return { type: primitive[1] };
  if (type.isUnion()) return unionSchema(type, checker);
  if (checker.isArrayType(type)) {
    const [item] = checker.getTypeArguments(type);
    return { type: 'array', items: toSchema(item, checker) };
  }
  // Both have properties; those of an intersection are of all its parts.
  if (type.flags & (TypeFlags.Object | TypeFlags.Intersection)) return objectSchema(type, checker);
  throw new Error(`${checker.typeToString(type)} has no JSON Schema`);
}

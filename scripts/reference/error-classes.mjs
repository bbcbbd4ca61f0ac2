import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const BASE = 'ZantaraError';
/** Errors whose code isn't theirs: that of somebody else's answer, or of one of several things that can be wrong. */
const HANDED_ON = new Set(['ProblemError', 'ApprovalRefusedError', 'UndoRefusedError', 'OutgoingRequestError']);

const textOf = (node) => (node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined);

/** The options that the class hands to its base: an object literal with a code. */
function optionsOf(declaration) {
  let found;
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword) {
      found ??= node.arguments.find((argument) => ts.isObjectLiteralExpression(argument));
    }
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  const properties = (found?.properties ?? []).filter((property) => ts.isPropertyAssignment(property));
  return Object.fromEntries(properties.map((property) => [property.name.getText(), textOf(property.initializer)]));
}

const commentOf = (declaration) =>
  (ts.getJSDocCommentsAndTags(declaration) ?? [])
    .map((doc) => (typeof doc.comment === 'string' ? doc.comment : (ts.getTextOfJSDocComment(doc.comment) ?? '')))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();

const baseOf = (node) =>
  node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0]?.expression.getText();

function readClasses(root, file) {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  return source.statements
    .filter((node) => ts.isClassDeclaration(node))
    .map((node) => ({ file, name: node.name.text, base: baseOf(node), meaning: commentOf(node), ...optionsOf(node) }));
}

/**
 * Every class that is a ZantaraError, by its code. One that only serves as the base of others has none.
 * @throws when a code and a kind can't be read from the source
 */
export function readErrorClasses(root, files) {
  const classes = new Map(files.flatMap((file) => readClasses(root, file)).map((found) => [found.name, found]));
  const isOurs = ({ base }) => base === BASE || (classes.has(base) && isOurs(classes.get(base)));
  const isBase = ({ name }) => [...classes.values()].some(({ base }) => base === name);
  const found = [...classes.values()].filter((one) => isOurs(one) && !isBase(one) && !HANDED_ON.has(one.name));
  for (const { file, name, code, kind } of found) {
    if (code === undefined || kind === undefined) throw new Error(`${file}: ${name} has no plain code and kind`);
  }
  return found.toSorted((a, b) => (a.code < b.code ? -1 : 1));
}

const BY_TEXT = 'texts of others reach the page as text nodes only';

/** Whatever turns text into markup, script or style. */
const MARKUP = new Set([
  'innerHTML',
  'outerHTML',
  'insertAdjacentHTML',
  'dangerouslySetInnerHTML',
  'setHTMLUnsafe',
  'parseHTMLUnsafe',
  'createContextualFragment',
  'DOMParser',
  'srcdoc',
  'srcDoc',
  'execCommand',
]);
const DOCUMENT_WRITES = new Set(['write', 'writeln']);

const nameOf = (node) => (node.type === 'Literal' || node.type === 'TemplateLiteral' ? literalOf(node) : node.name);
const literalOf = (node) =>
  node.type === 'Literal' ? String(node.value) : node.quasis.map(({ value }) => value.cooked).join('');

/** Forbids in the page every way from a text to markup; its policy would stop scripts, not forged content. */
export const textNodesOnly = {
  create(context) {
    const check = (node, name) => {
      if (MARKUP.has(name)) context.report({ node, message: `${name}: ${BY_TEXT}` });
    };
    return {
      Identifier: (node) => check(node, node.name),
      JSXIdentifier: (node) => check(node, node.name),
      MemberExpression(node) {
        const name = nameOf(node.property);
        if (node.computed) check(node, name);
        if (node.object.type === 'Identifier' && node.object.name === 'document' && DOCUMENT_WRITES.has(name)) {
          context.report({ node, message: `document.${name}: ${BY_TEXT}` });
        }
      },
    };
  },
};

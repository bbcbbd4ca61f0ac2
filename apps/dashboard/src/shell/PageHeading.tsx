import type { ReadonlySignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { asOf } from '../live/as-of.ts';

const PRODUCT = 'Zantara';

/** The first heading of a page, which is its title too and takes the focus when somebody comes from another page. */
export function PageHeading(props: { text: ReadonlySignal<string>; title: string } | { text: string }): VNode {
  const { text } = props;
  const title = 'title' in props ? props.title : props.text;
  // Nothing is said of the present that may be over: a tab that nobody looks at shows its title still.
  const lead = asOf.value === undefined ? '' : `${asOf.value}: `;
  useLayoutEffect(() => {
    document.title = `${lead}${title} · ${PRODUCT}`;
  }, [lead, title]);
  return (
    <h1 id="page-heading" tabIndex={-1}>
      {lead}
      {text}
    </h1>
  );
}

export const focusHeading = (): void => document.getElementById('page-heading')?.focus();

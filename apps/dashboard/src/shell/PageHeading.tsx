import type { ReadonlySignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

const PRODUCT = 'Zantara';

/** The first heading of a page, which is its title too and takes the focus when somebody comes from another page. */
export function PageHeading(props: { text: ReadonlySignal<string>; title: string } | { text: string }): VNode {
  const { text } = props;
  const title = 'title' in props ? props.title : props.text;
  useLayoutEffect(() => {
    document.title = `${title} · ${PRODUCT}`;
  }, [title]);
  return (
    <h1 id="page-heading" tabIndex={-1}>
      {text}
    </h1>
  );
}

export const focusHeading = (): void => document.getElementById('page-heading')?.focus();

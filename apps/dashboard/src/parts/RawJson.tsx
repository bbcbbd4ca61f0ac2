import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { toSafeJson } from '#libs/contracts';

/** What the log holds, to the letter; made only when somebody looks. */
export function RawJson({ value, label }: { value: unknown; label: string }): VNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="raw" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{label}</summary>
      {isOpen && (
        <pre tabIndex={0} aria-label={label}>
          {toSafeJson(value, 2)}
        </pre>
      )}
    </details>
  );
}

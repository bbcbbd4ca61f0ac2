export const REQUEST_KINDS = ['question', 'entry'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

export interface Count {
  sent: number;
  answered: number;
  lost: number;
}

export interface Loss {
  readonly at: string;
  readonly kind: RequestKind;
  readonly why: string;
}

export interface Stats {
  readonly since: string;
  readonly total: Count;
  readonly kinds: Readonly<Record<RequestKind, Count>>;
  readonly last_loss: Loss | null;
}

/** What became of every request. Sent, and neither answered nor lost, is what is still waited for. */
export class RequestCounts {
  private readonly since = new Date().toISOString();
  private readonly kinds: Record<RequestKind, Count> = {
    question: { sent: 0, answered: 0, lost: 0 },
    entry: { sent: 0, answered: 0, lost: 0 },
  };
  private lastLoss: Loss | null = null;

  noteSent(kind: RequestKind): void {
    this.kinds[kind].sent += 1;
  }

  noteAnswered(kind: RequestKind): void {
    this.kinds[kind].answered += 1;
  }

  noteLost(kind: RequestKind, why: string): void {
    this.kinds[kind].lost += 1;
    this.lastLoss = { at: new Date().toISOString(), kind, why };
  }

  read(): Stats {
    const total: Count = { sent: 0, answered: 0, lost: 0 };
    for (const kind of REQUEST_KINDS) {
      for (const name of ['sent', 'answered', 'lost'] as const) total[name] += this.kinds[kind][name];
    }
    return { since: this.since, total, kinds: this.kinds, last_loss: this.lastLoss };
  }
}

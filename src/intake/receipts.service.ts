import { Injectable } from '@nestjs/common';
import { canonicalJson, type Receipt, receiptSubject } from '#libs/contracts';
import { NatsLink } from '#libs/messaging';
import { Configuration } from '../platform/config/configuration.ts';

/** Tells agents what is committed. A receipt that gets lost is asked for again by the re-send. */
@Injectable()
export class ReceiptsService {
  constructor(
    private readonly link: NatsLink,
    private readonly config: Configuration,
  ) {}

  send(agentId: string, receipt: Omit<Receipt, 'v'>): void {
    const body = new TextEncoder().encode(canonicalJson({ v: 1, ...receipt }));
    this.link.send({ subject: receiptSubject(this.config.tenant, agentId), body });
  }
}

import { Module } from '@nestjs/common';
import { FeedPublisher } from './feed-publisher.ts';
import { FeedRelay } from './feed-relay.ts';

@Module({ providers: [FeedPublisher, FeedRelay] })
export class FeedModule {}

import { Module } from '@nestjs/common';
import { FeedModule } from '../feed/feed.module.ts';
import { ReadModelFollower } from './read-model-follower.ts';

/** What others are told of the log: read models for who asks, the feed for who listens. */
@Module({ imports: [FeedModule], providers: [ReadModelFollower] })
export class ReadSideModule {}

import { Module } from '@nestjs/common';
import { LearningModule } from '../learning/learning.module.ts';
import { DecisionsService } from './decisions.service.ts';

@Module({ imports: [LearningModule], providers: [DecisionsService], exports: [DecisionsService] })
export class DecisionsModule {}

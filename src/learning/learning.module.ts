import { Module } from '@nestjs/common';
import { FixSuccessService } from './fix-success.service.ts';

@Module({ providers: [FixSuccessService], exports: [FixSuccessService] })
export class LearningModule {}

import { Module } from '@nestjs/common';
import { DecisionsService } from './decisions.service.ts';

@Module({ providers: [DecisionsService], exports: [DecisionsService] })
export class DecisionsModule {}

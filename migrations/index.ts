import type { MigrationInterface } from 'typeorm';
import { CreateRoles1790000000000 } from './1790000000000-create-roles.ts';
import { CreateEvents1790000001000 } from './1790000001000-create-events.ts';
import { CreatePartitionFunction1790000002000 } from './1790000002000-create-partition-function.ts';
import { CreateAppendFunctions1790000003000 } from './1790000003000-create-append-functions.ts';
import { CreateCheckpoints1790000004000 } from './1790000004000-create-checkpoints.ts';
import { CreateEventLogView1790000005000 } from './1790000005000-create-event-log-view.ts';
import { CreateReadModels1790000100000 } from './1790000100000-create-read-models.ts';
import { AddIncidentSymptom1790000200000 } from './1790000200000-add-incident-symptom.ts';
import { LookKeysUpOneByOne1790000300000 } from './1790000300000-look-keys-up-one-by-one.ts';
import { CountIncidents1790000400000 } from './1790000400000-count-incidents.ts';
import { MoveLeavesToTheChain1790000500000 } from './1790000500000-move-leaves-to-the-chain.ts';
import { CreateProjections1790000700000 } from './1790000700000-create-projections.ts';
import { CreateReadModelTables1790000800000 } from './1790000800000-create-read-model-tables.ts';
import { HashTheTimeOfABatch1790000900000 } from './1790000900000-hash-the-time-of-a-batch.ts';
import { CreateEscalations1790001000000 } from './1790001000000-create-escalations.ts';
import { IndexCountedSamples1790001100000 } from './1790001100000-index-counted-samples.ts';
import { TellTheVersionsOfABatch1790001200000 } from './1790001200000-tell-the-versions-of-a-batch.ts';
import { SampleLess1790001300000 } from './1790001300000-sample-less.ts';

/** Every migration, in order. New ones go to the end; merged ones are never edited. */
export const MIGRATIONS: (new () => MigrationInterface)[] = [
  CreateRoles1790000000000,
  CreateEvents1790000001000,
  CreatePartitionFunction1790000002000,
  CreateAppendFunctions1790000003000,
  CreateCheckpoints1790000004000,
  CreateEventLogView1790000005000,
  CreateReadModels1790000100000,
  AddIncidentSymptom1790000200000,
  LookKeysUpOneByOne1790000300000,
  CountIncidents1790000400000,
  MoveLeavesToTheChain1790000500000,
  CreateProjections1790000700000,
  CreateReadModelTables1790000800000,
  HashTheTimeOfABatch1790000900000,
  CreateEscalations1790001000000,
  IndexCountedSamples1790001100000,
  TellTheVersionsOfABatch1790001200000,
  SampleLess1790001300000,
];

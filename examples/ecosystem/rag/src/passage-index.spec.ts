import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { loadPassages } from './documents.ts';
import { PassageIndex } from './passage-index.ts';

const FOLDER = 'examples/ecosystem/rag/documents';
const index = new PassageIndex(loadPassages(FOLDER));

/** Each document with a question that only it answers. */
const QUESTIONS: readonly (readonly [document: string, question: string])[] = [
  ['browser-agent', 'How is a page watched for console errors?'],
  ['delivery', 'How long does a report stay in the outbox?'],
  ['ecosystem', 'What do the synthetic users do?'],
  ['escalation', 'When is an incident escalated to a person?'],
  ['event-log', 'Where is the event log stored?'],
  ['guards', 'Which guards are asked before a fix runs?'],
  ['incidents', 'What gathers all reports of the same fault?'],
  ['kill-switch', 'How does the kill switch stop everything?'],
  ['learning', 'Which fixes worked for which faults?'],
  ['orchestrator', 'What is the orchestrator?'],
  ['service-agent', 'Who restarts a service that is down?'],
  ['verification', 'How many clean probes are needed?'],
  ['wounds', 'What is a wound?'],
  ['zantara', 'What is Zantara?'],
];

describe('the index over the documents of the example', () => {
  it.each(QUESTIONS)('finds %s by "%s"', (document, question) => {
    expect(index.find(question)[0]?.document).toBe(document);
  });

  it('is asked for every document', () => {
    const documents = readdirSync(FOLDER).map((name) => name.replace(/\.md$/, ''));
    expect(QUESTIONS.map(([document]) => document)).toEqual(documents.toSorted());
  });

  it('answers at most three passages, the best one first', () => {
    const scores = index.find('Zantara incident fix service').map(({ score }) => score);
    expect(scores).toHaveLength(3);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it('forgives a slip of the pen', () => {
    expect(index.find('kil swich')[0]?.document).toBe('kill-switch');
  });

  it('finds nothing where there is nothing', () => {
    expect(index.find('xylophone quartet')).toEqual([]);
  });
});

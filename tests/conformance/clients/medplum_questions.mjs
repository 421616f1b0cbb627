// What an app asks by `@medplum/core`, once it is launched.

async function refused(asking) {
  try {
    await asking;
    return '';
  } catch (fault) {
    return fault.outcome.issue[0].code;
  }
}

async function paged(medplum, wishes) {
  const pages = [];
  for await (const page of medplum.searchResourcePages('Observation', wishes)) {
    pages.push(page.map((one) => one.id));
  }
  return pages;
}

export async function ask(medplum, other) {
  const patient = await medplum.searchOne('Patient', {});
  const pages = await paged(medplum, { patient: patient.id, _count: '4' });
  const uncounted = await paged(medplum, { patient: patient.id });
  const first = medplum.getAccessToken();
  medplum.setAccessToken('no-longer-good', medplum.getActiveLogin().refreshToken);
  const read = await medplum.readResource('Patient', patient.id);
  const kept = await medplum.createResource({
    resourceType: 'Condition',
    subject: { reference: `Patient/${patient.id}` },
    code: { text: 'Felt dizzy' },
  });
  const changed = await medplum.updateResource({ ...kept, code: { text: 'Felt dizzy on standing' } });
  const patched = await medplum.patchResource('Condition', kept.id, [
    { op: 'replace', path: '/code/text', value: 'Well again' },
  ]);
  const history = await medplum.readHistory('Condition', kept.id);
  const batch = await medplum.executeBatch({
    resourceType: 'Bundle',
    type: 'batch',
    entry: [`Patient/${patient.id}`, `Patient/${other}`].map((url) => ({ request: { method: 'GET', url } })),
  });
  await medplum.deleteResource('Condition', kept.id);
  return {
    patient: read.id,
    family: read.name[0].family,
    pages,
    uncounted,
    isRefreshed: ![first, 'no-longer-good'].includes(medplum.getAccessToken()),
    kept: [kept, changed, patched].map((one) => one.code.text),
    tags: changed.meta.tag.map((tag) => `${tag.system}|${tag.code}`),
    history: history.entry.length,
    batch: batch.entry.map((entry) => entry.response.status.slice(0, 3)),
    gone: await refused(medplum.readResource('Condition', kept.id)),
    other: await refused(medplum.readResource('Patient', other)),
  };
}

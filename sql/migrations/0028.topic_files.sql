-- The topic files as they were when they were last found sound, so that unchanged ones are not read again.

create table ingest.topic_files (
    is_only boolean primary key default true check (is_only),
    digest text not null check (digest <> ''),
    read_at timestamptz not null
);
comment on table ingest.topic_files is 'One row: the topic files and models as they were when they were last read without a mistake and brought into force. While nothing has changed they are not read again.';
comment on column ingest.topic_files.is_only is 'Always true: there is one row at most.';
comment on column ingest.topic_files.digest is 'Digest of the files'' names and bytes, of the method, and of the versions in force.';
comment on column ingest.topic_files.read_at is 'When they were read.';

#!/bin/sh
# One backup, taken out of the house, and the old ones thrown away: what cron, a timer or a CronJob calls.
# Nothing old goes unless the new one is whole. docs/runbooks/backup.md says what each variable means.
set -eu
: "${BACKUP_FOLDER:?where the backups lie}"
: "${BACKUP_RECIPIENTS:?age1... of everybody who can open them, with spaces between}"
HOMEWARD=${HOMEWARD:-homeward}
file="$BACKUP_FOLDER/homeward-$(date -u +%Y%m%dT%H%M%SZ).age"

set --
for recipient in $BACKUP_RECIPIENTS; do
    set -- "$@" --recipient "$recipient"
done
"$HOMEWARD" backup "$file" "$@"

if [ -n "${BACKUP_OFFSITE:-}" ]; then
    # Such as: rclone copy {} remote:homeward, or: scp {} keeper@elsewhere:homeward/
    for one in "$file" "$file.keys" "$file.erasures"; do
        sh -c "$(printf '%s' "$BACKUP_OFFSITE" | sed "s|{}|$one|g")"
    done
fi

# Keys go first: one that was destroyed is then in no backup any more. Newer keys open older backups.
find "$BACKUP_FOLDER" -name 'homeward-*.age.keys' -mtime "+${BACKUP_KEYS_DAYS:-7}" -delete
# Ledgers of erasures are small, and the newest is needed for every restore: none is thrown away.
find "$BACKUP_FOLDER" -name 'homeward-*.age' -mtime "+${BACKUP_DAYS:-35}" -delete

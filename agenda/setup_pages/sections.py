"""All the pages of the settings, in the order in which they are listed."""

from agenda.setup_pages.people_and_reasons import PRACTITIONERS, REASONS, RESOURCES, SITES
from agenda.setup_pages.times import ABSENCES, HOURS, MISSED_VISITS, QUOTAS

SECTIONS = (SITES, PRACTITIONERS, RESOURCES, REASONS, HOURS, ABSENCES, QUOTAS, MISSED_VISITS)
BY_SLUG = {section.slug: section for section in SECTIONS}

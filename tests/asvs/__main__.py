"""Write docs/asvs.md again."""

from tests.asvs.chosen import PAGE, chosen, page

PAGE.write_text(page(chosen()))

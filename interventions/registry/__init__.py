"""The lists that an agency keeps (contrats, prestations, motifs, motivations types), with their record."""

"""The agency's lists: contrats, prestations, motifs, motivations types."""

"""Who answers: providers of models, their keys, and the one way of talking to a model."""
